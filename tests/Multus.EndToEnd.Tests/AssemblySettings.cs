// Each test has a node of its own, so all may run side by side; two at once, because every one of them starts processes
// by the dozen.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
