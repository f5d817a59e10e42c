"""The core's benchmarks: pages and search at the size of a busy county, beside the least a page can be."""
