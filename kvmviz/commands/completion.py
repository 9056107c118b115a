"""Print completion for a shell.

Examples:
  source <(kvmviz completion bash)  # in .bashrc
  kvmviz completion zsh > "${fpath[1]}/_kvmviz"
  kvmviz completion fish > ~/.config/fish/completions/kvmviz.fish

"""

import argparse

HELP = "completion for bash, zsh and fish"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `kvmviz completion`."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="whose completion to print")


def execute(args: argparse.Namespace) -> int:
    """Print the script, made from the same parser that reads the commands."""
    import shtab

    from kvmviz.commands.command_line import parser

    print(shtab.complete(parser(), args.shell))
    return 0
