using Multus.Engine.Activity;

namespace Multus.Host.Page;

/// <summary>What hears of the operations for the page.</summary>
/// <param name="Ended">What has ended.</param>
/// <param name="Hour">How much of it there was.</param>
internal sealed record PageActivity(EndedOperations Ended, LastHour Hour);
