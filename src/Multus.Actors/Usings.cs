global using Akka;
global using Akka.Actor;
global using Akka.Configuration;
global using Akka.Event;
global using Akka.Hosting;
global using Microsoft.Extensions.Logging;
global using Multus.Actors.Health;
global using Multus.Actors.Node;
global using LogLevel = Microsoft.Extensions.Logging.LogLevel; // Akka.Event has one of its own
