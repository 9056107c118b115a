"""What holds kvmviz to its word; the folders mirror those of the package."""
