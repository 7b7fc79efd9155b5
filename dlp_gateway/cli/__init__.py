"""The command line: one file per command. Exit codes: 0 done, 1 failed or a check did not hold, 2 bad
usage, configuration or input, with one clear line on standard error per fault and never a traceback.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from .. import __version__
from ..errors import ConfigError, GatewayError
from ..log import place_of
from . import bench, check_config, demo, doctor, explain, holds, init, inspect, serve, users

_COMMANDS = (serve, demo, inspect, explain, check_config, holds, users, init, doctor, bench)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except ConfigError as error:
        for fault in error.faults:
            print(f"dlp-gateway: {fault}", file=sys.stderr)
        return 2
    except GatewayError as error:
        print(f"dlp-gateway: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `dlp-gateway inspect ... | head`: the reader had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the outermost edge: nobody must meet a traceback, or mail's text in one
        print(f"dlp-gateway: internal error ({place_of(error)}); please report it", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dlp-gateway", description="Outbound e-mail data-leak-prevention gateway for UK councils."
    )
    parser.add_argument("--version", action="version", version=f"dlp-gateway {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", metavar="FILE", help="configuration (default: $DLP_GATEWAY_CONFIG, ./config.yaml, the system's)"
    )
    for command in _COMMANDS:
        command.add_to(commands, common)
    return parser
