// Tests count this process's descriptors and children: another test's would be counted with them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
