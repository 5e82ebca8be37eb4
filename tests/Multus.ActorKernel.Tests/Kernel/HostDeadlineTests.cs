using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Multus.ActorKernel.Tests.Kernel;

/// <summary>The built-in hosted service heeds the deadline that the host gives it; Akka.Hosting waits for its phases whatever the host says.</summary>
public class HostDeadlineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_stuck_shutdown_holds_the_host_up_no_longer_than_its_own_deadline()
    {
        var clock = new System.Diagnostics.Stopwatch();
        using (var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka(
                "stuck", akka => akka.AddHocon("akka.coordinated-shutdown.default-phase-timeout = 60s", HoconAddMode.Prepend)))
            .Build())
        {
            await host.StartAsync().WaitAsync(Patience);
            CoordinatedShutdown.Get(host.Services.GetRequiredService<ActorSystem>())
                .AddTask(CoordinatedShutdown.PhaseServiceStop, "stuck", () => new TaskCompletionSource<Done>().Task);
            using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            clock.Start();
            await host.StopAsync(deadline.Token).WaitAsync(Patience);
        }

        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
    }
}
