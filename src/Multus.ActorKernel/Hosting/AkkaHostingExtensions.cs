using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Multus.ActorKernel.Configuration;

namespace Multus.ActorKernel.Hosting;

/// <summary>An actor system in a generic host: starts with it, is shut down with it, and stops it when it ends by itself.</summary>
public static class AkkaHostingExtensions
{
    public static IServiceCollection AddAkka(this IServiceCollection services, string actorSystemName, Action<AkkaConfigurationBuilder> builder) =>
        services.AddAkka(actorSystemName, (configuration, _) => builder(configuration));

    /// <summary>Registers <see cref="ActorSystem"/>, <see cref="ActorRegistry"/>, <see cref="IRequiredActor{TActor}"/> and the hosted service that runs them.</summary>
    public static IServiceCollection AddAkka(
        this IServiceCollection services, string actorSystemName, Action<AkkaConfigurationBuilder, IServiceProvider> builder)
    {
        services.AddSingleton(provider =>
        {
            var configuration = new AkkaConfigurationBuilder(actorSystemName, provider);
            builder(configuration, provider);
            return configuration;
        });
        services.AddSingleton(provider => provider.GetRequiredService<AkkaConfigurationBuilder>().CreateSystem());
        services.AddSingleton(provider => ActorRegistry.For(provider.GetRequiredService<ActorSystem>()));
        services.AddSingleton<IActorRegistry>(provider => provider.GetRequiredService<ActorRegistry>());
        services.AddSingleton<IReadOnlyActorRegistry>(provider => provider.GetRequiredService<ActorRegistry>());
        services.AddSingleton(typeof(IRequiredActor<>), typeof(RequiredActor<>));
        services.AddSingleton<IHostedService>(provider => new AkkaHostedService(
            provider.GetRequiredService<AkkaConfigurationBuilder>(), provider, provider.GetService<IHostApplicationLifetime>()));
        return services;
    }

    public static AkkaConfigurationBuilder AddHocon(this AkkaConfigurationBuilder builder, Config hocon, HoconAddMode addMode)
    {
        builder.Add(hocon, addMode);
        return builder;
    }

    /// <exception cref="ConfigurationException">The file is no HOCON.</exception>
    public static AkkaConfigurationBuilder AddHoconFile(this AkkaConfigurationBuilder builder, string hoconFilePath, HoconAddMode addMode)
    {
        try
        {
            return builder.AddHocon(ConfigurationFactory.ParseString(File.ReadAllText(hoconFilePath)), addMode);
        }
        catch (ConfigurationException x)
        {
            throw new ConfigurationException($"{hoconFilePath}: {x.Message}", x);
        }
    }

    public static AkkaConfigurationBuilder WithActors(this AkkaConfigurationBuilder builder, Action<ActorSystem, IActorRegistry> actorStarter) =>
        builder.StartActors(actorStarter);

    public static AkkaConfigurationBuilder WithActors(this AkkaConfigurationBuilder builder, ActorStarter actorStarter) => builder.StartActors(actorStarter);

    /// <summary>Sets how long an ask without a timeout of its own waits.</summary>
    public static AkkaConfigurationBuilder WithActorAskTimeout(this AkkaConfigurationBuilder builder, TimeSpan timeout) =>
        builder.AddHocon($"akka.actor.ask-timeout = {(timeout == Timeout.InfiniteTimeSpan ? "infinite" : $"{(long)timeout.TotalMilliseconds}ms")}", HoconAddMode.Prepend);
}
