global using Akka.Actor;
global using Akka.Configuration;
global using Akka.Hosting;
global using Microsoft.AspNetCore.Builder;
global using Microsoft.AspNetCore.Hosting;
global using Microsoft.AspNetCore.Http;
global using Microsoft.Extensions.DependencyInjection;
global using Microsoft.Extensions.Hosting;
global using Microsoft.Extensions.Logging;
global using Multus.Configuration;
global using LogLevel = Microsoft.Extensions.Logging.LogLevel; // Akka.Event has one of its own
