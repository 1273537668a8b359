# One image that runs `vitrage run`: the bot, its queue and its engine. See README.md for how to start it.
# `--build-arg WEIGHTS=pretrained` puts the full weights into it, for hosts without a network; VITRAGE_WEIGHTS_URL may name
# a copy of them.
ARG WEIGHTS

# The packages are a layer of their own, in the image too, so that a new release of the program brings a few megabytes.
FROM python:3.12-slim AS packages
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir uv && python -m venv --without-pip /opt/vitrage
# The image is read-only where it runs, so the modules are compiled here.
ENV PATH=/opt/uv/bin:$PATH UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1 UV_PYTHON=/opt/vitrage/bin/python
WORKDIR /src
COPY pyproject.toml constraints.txt ./
RUN uv pip install --constraint constraints.txt --extra s3 --requirement pyproject.toml \
    && echo /opt/program > "$(echo /opt/vitrage/lib/python3*/site-packages)/program.pth"

FROM packages AS program
COPY README.md LICENSE ./
COPY engine engine
COPY bot bot
RUN uv pip install --no-deps --target /opt/program .

FROM python:3.12-slim AS run-auto
COPY --from=packages /opt/vitrage /opt/vitrage
COPY --from=program /opt/program /opt/program
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin vitrage && install -d -o vitrage -g vitrage -m 0700 /data
USER vitrage
WORKDIR /data
VOLUME /data
ENV PATH=/opt/program/bin:/opt/vitrage/bin:$PATH VITRAGE_DATA_DIR=/data VITRAGE_CACHE=/data/cache PYTHONUNBUFFERED=1
# The bot touches this file every ten seconds while its event loop runs.
HEALTHCHECK --interval=30s --start-period=60s CMD find /data/alive -mmin -1 | grep -q .
STOPSIGNAL SIGTERM
CMD ["vitrage", "run"]

FROM run-auto AS run-pretrained
USER root
ARG VITRAGE_WEIGHTS_URL
ENV VITRAGE_CACHE=/opt/weights VITRAGE_WEIGHTS=pretrained
RUN vitrage-engine weights --download
USER vitrage

FROM run-${WEIGHTS:-auto}
