// Each test has a node and a browser of its own; a browser has processes enough for one core.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
