"""What kvmviz costs, as ratios measured side by side: `make bench`."""
