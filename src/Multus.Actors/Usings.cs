global using Microsoft.Extensions.Logging;
global using Multus.Actors.Health;
global using Multus.Actors.Node;
global using LogLevel = Microsoft.Extensions.Logging.LogLevel; // the actor runtime has one of its own
