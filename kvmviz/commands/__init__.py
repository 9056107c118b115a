"""The subcommands: each module has `HELP`, `arguments(parser)` and `run(args) -> exit status`."""
