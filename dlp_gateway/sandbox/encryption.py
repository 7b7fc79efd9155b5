"""How openssl and OpenPGP are asked to sign and encrypt one message: the shell scripts and the Python that run inside
the sandbox. `programs.py` says with which limits, `act/smime.py` and `act/openpgp.py` write their standard input.

Certificates, keys and content all come on standard input, each with its length before it, since nothing of them may
stand on a command line. The first line of the answer is `ok`, then comes what was made, in lines as mail has them; or
it says in fixed words why there is nothing. An error of openssl's own is an exit code: its text never leaves the
sandbox.
"""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]

# `take` reads exactly as many octets as it is told, however they come: dd never reads ahead. `make` writes base64 here,
# since in the gateway's own process it would keep all other messages waiting.
# `judge` refuses what openssl itself would encrypt to: certificates that are expired or not yet valid, weaker than 112
# bits (RSA below 2048), or not for this. Key usage is judged here, for openssl's own purpose "smimeencrypt" refuses
# elliptic curves with keyAgreement alone, which RFC 5753 asks for.
_COMMON = """
set -u
refuse() { printf '%s %s\\n' "$1" "$2"; cat >/dev/null; exit 0; }
take() {
  read -r size || exit 3
  [ "$size" -gt 0 ] || { : >"$1"; return; }
  dd of="$1" bs="$size" count=1 iflag=fullblock 2>/dev/null || exit 3
  [ "$(wc -c <"$1")" = "$size" ] || exit 3
}
make() {
  echo ok
  { openssl cms "$@" 2>/dev/null || : >failed; } | base64 -w 76 | sed 's/$/\\r/' || exit 3
  [ ! -e failed ]
}
judge() {
  if ! openssl verify -partial_chain -trusted "$1" -purpose any -auth_level 2 -attime "$moment" "$1" >said 2>&1; then
    case "$(cat said)" in
      *"error 9 at 0 depth"*) refuse early "$2" ;;
      *"error 10 at 0 depth"*) refuse expired "$2" ;;
      *) refuse unusable "$2" ;;
    esac
  fi
  openssl x509 -in "$1" -noout -ext keyUsage,extendedKeyUsage >usage 2>/dev/null || refuse unusable "$2"
  usage=$(cat usage)
  case "$usage" in
    *"Extended Key Usage"*"E-mail Protection"* | *"Extended Key Usage"*"Any Extended Key Usage"*) ;;
    *"Extended Key Usage"*) refuse usage "$2" ;;
  esac
}
"""

SMIME_ENCRYPT = (
    _COMMON
    + """
read -r profile moment certificates || exit 3
set --
number=0
while [ "$number" -lt "$certificates" ]; do
  number=$((number + 1))
  take "$number.pem"
  judge "$number.pem" "$number"
  openssl x509 -in "$number.pem" -noout -text -certopt \\
    no_header,no_version,no_serial,no_signame,no_validity,no_subject,no_issuer,no_sigdump,no_extensions,no_aux \\
    >kind 2>/dev/null || refuse unusable "$number"
  case "$(cat kind)" in
    *"Public Key Algorithm: rsaEncryption"*)
      case "$usage" in *"Key Encipherment"*) ;; *"X509v3 Key Usage"*) refuse usage "$number" ;; esac
      set -- "$@" -recip "$number.pem"
      [ "$profile" = compatible ] || set -- "$@" -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256
      ;;
    *"Public Key Algorithm: id-ecPublicKey"*)
      case "$usage" in *"Key Agreement"*) ;; *"X509v3 Key Usage"*) refuse usage "$number" ;; esac
      set -- "$@" -recip "$number.pem" -keyopt ecdh_kdf_md:sha256
      ;;
    *) refuse kind "$number" ;;
  esac
done
[ "$#" -gt 0 ] || exit 3
[ "$profile" = compatible ] && cipher=-aes-256-cbc || cipher=-aes-256-gcm
make -encrypt -binary -stream -outform DER "$cipher" "$@"
"""
)

SMIME_SIGN = (
    _COMMON
    + """
read -r form moment || exit 3
take signer.pem
take key.pem
take chain.pem
judge signer.pem 0
case "$usage" in *"Digital Signature"* | *"Non Repudiation"*) ;; *"X509v3 Key Usage"*) refuse usage 0 ;; esac
openssl pkey -in key.pem -passin pass: -pubout >theirs 2>/dev/null || refuse key 0
openssl x509 -in signer.pem -noout -pubkey >ours 2>/dev/null || refuse unusable 0
[ "$(cat ours)" = "$(cat theirs)" ] || refuse key 0
set -- -signer signer.pem -inkey key.pem
[ ! -s chain.pem ] || set -- "$@" -certfile chain.pem
# With -stream, openssl puts the content even into a signature that stands apart.
[ "$form" = clear ] || set -- "$@" -nodetach -stream
make -sign -binary -md sha256 -outform DER "$@"
"""
)

_ANSWER = """
from sys import stdin, stdout
from dlp_gateway.change.openpgp import answer
stdout.buffer.write(answer(stdin.buffer.read()))
"""
# Python of our own in the same walls: the library of OpenPGP holds Python's lock while it works, and has no time limit.
OPENPGP = (sys.executable, "-s", "-B", "-P", "-c", _ANSWER)
PYTHON_ENVIRONMENT = (("PYTHONPATH", str(_PACKAGE.parent)), ("RUST_BACKTRACE", "0"))
PYTHON_FOLDERS = tuple(dict.fromkeys((sys.base_prefix, sys.prefix, str(_PACKAGE))))
