"""The command line: one file per command. Exit codes: 0 done, 1 failed or a check did not hold, 2 bad
usage, configuration or input, with one clear line on standard error per fault and never a traceback.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from .. import __version__
from ..errors import ConfigError, GatewayError
from ..log import place_of
from ..one_thread import ONE_THREAD

COMMANDS = {
    "serve": (
        "serve",
        "run the gateway, and the console where console.url is set; ready when the line `ready` is printed",
    ),
    "gateway": ("serve", "run the mail side only"),
    "console": ("console", "run the web console: pages for senders of held mail"),
    "demo": ("demo", "send the sample mails through a gateway on this machine"),
    "inspect": ("inspect", "show findings and gaps of messages"),
    "explain": ("explain", "show the verdict for each recipient and why"),
    "check-config": ("check_config", "check configuration, rules, partners, lexicons and their examples"),
    "exact-match": ("exact_match", "build and list indexes of the council's own records"),
    "fingerprints": ("fingerprints", "register, list and remove documents whose passages must not go out unseen"),
    "partners": ("partners", "the registry of partner organisations: who may receive what, how, until when"),
    "keys": ("keys", "recipients' certificates and keys for encryption: which are trusted, and how they stand"),
    "tls": ("tls", "how encrypted mail would reach a domain straight: by DANE, MTA-STS, the council's list, or not"),
    "replay": ("replay", "what a draft policy or registry would have changed over recorded mail"),
    "holds": ("holds", "list, show, release, reject and extend held messages"),
    "audit": ("audit", "verify, search and export the record"),
    "users": ("users", "accounts of the console, and for SMTP AUTH"),
    "tokens": ("tokens", "by which programs ask the JSON API of the console"),
    "init": ("init", "make keys and folders that do not exist yet"),
    "doctor": ("doctor", "check the machine and the surroundings"),
    "bench": ("bench", "measure throughput and delay beside Postfix alone, on this machine"),
}
"""Command -> its module and what it does. Only the module of the command asked for is imported: some
need a second for libraries that the others do without."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for name, count in ONE_THREAD.items():
        os.environ.setdefault(name, count)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of files and addresses may hold octets that are no text; in JSON that form is an escape, too.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        options = _parser(words).parse_args(words, argparse.Namespace(config=None))
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


def _parser(words: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dlp-gateway", description="Outbound e-mail data-leak-prevention gateway for UK councils."
    )
    parser.add_argument("--version", action="version", version=f"dlp-gateway {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    # Suppressed: else the default of `holds list` would overwrite what stands in `holds --config FILE list`.
    common.add_argument(
        "--config",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="configuration (default: $DLP_GATEWAY_CONFIG, ./config.yaml, the system's)",
    )
    wanted = next((word for word in words if not word.startswith("-")), None)
    for name, (module, text) in COMMANDS.items():
        command = commands.add_parser(name, parents=[common], help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name == wanted:
            import_module(f".{module}", __package__).add_to(command, common)
    return parser
