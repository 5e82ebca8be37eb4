global using Akka;
global using Akka.Actor;
global using Akka.Configuration;
global using Akka.Event;
global using Akka.Hosting;
global using Akka.TestKit;
global using Akka.TestKit.Xunit2;
global using static Multus.TestSupport.Daemons.Wait;
global using TestKit = Akka.TestKit.Xunit2.TestKit;
