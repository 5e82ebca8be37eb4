global using Microsoft.Extensions.Logging;
global using Multus.Actors.Health;
global using Multus.Actors.Node;
