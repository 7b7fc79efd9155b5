# Two stages, so that neither compilers nor package caches reach the image that runs.
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/dlp-gateway
ENV PATH=/opt/dlp-gateway/bin:$PATH
WORKDIR /build

# The locked packages first: they change less often than the code.
COPY requirements-build.lock requirements.lock ./
RUN pip install --require-hashes -r requirements-build.lock -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY rules rules
COPY dlp_gateway dlp_gateway
RUN pip install --no-deps --no-build-isolation . \
    && pip uninstall --yes hatchling pathspec pluggy trove-classifiers \
    && python -m compileall -q /opt/dlp-gateway/lib


FROM python:3.11-slim-bookworm

# Programs for what no Python package reads: text in pictures, archives. They run under bubblewrap, which needs user
# namespaces: start the container with a seccomp profile that allows them (docs/sandbox.md).
# hadolint ignore=DL3008  # the release of Debian is pinned above; its fixes are wanted
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap libarchive13 openssl tesseract-ocr unar \
    && rm -rf /var/lib/apt/lists/*

RUN groupadd --system --gid 10001 dlp-gateway \
    && useradd --system --uid 10001 --gid dlp-gateway --home-dir /var/lib/dlp-gateway --shell /usr/sbin/nologin dlp-gateway \
    && install -d -o dlp-gateway -g dlp-gateway -m 0700 /var/lib/dlp-gateway /etc/dlp-gateway/keys
COPY --from=build /opt/dlp-gateway /opt/dlp-gateway

ENV PATH=/opt/dlp-gateway/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    DLP_GATEWAY_CONFIG=/etc/dlp-gateway/config.yaml
USER 10001:10001
WORKDIR /var/lib/dlp-gateway
# State (store and sealed spool) and keys: two volumes, so that a backup of one does not hold the other.
VOLUME ["/var/lib/dlp-gateway", "/etc/dlp-gateway/keys"]
EXPOSE 2525 8025

# Not ready is not ill: a gateway that answers 451 on purpose must not be restarted, so this asks /healthz.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9925/healthz', timeout=4)"]

# SIGTERM drains: transactions that run come to their end.
STOPSIGNAL SIGTERM
ENTRYPOINT ["dlp-gateway"]
CMD ["serve"]
