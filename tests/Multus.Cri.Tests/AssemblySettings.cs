// Each test has a runtime of its own and fills the machine with it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
