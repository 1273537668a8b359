# One image that runs `vitrage run`: the bot, its queue and its engine. See README.md for how to start it.
# `--build-arg WEIGHTS=pretrained` puts the full weights into it, for hosts without a network.
ARG WEIGHTS=auto

FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/vitrage && /opt/vitrage/bin/pip install --no-cache-dir uv
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY engine engine
COPY bot bot
RUN /opt/vitrage/bin/uv pip install --no-cache --python /opt/vitrage/bin/python --constraint constraints.txt '.[s3]'

FROM python:3.12-slim AS run-auto
COPY --from=build /opt/vitrage /opt/vitrage
RUN useradd --system --uid 10001 --no-create-home vitrage && install -d -o vitrage -g vitrage -m 0700 /data
USER vitrage
WORKDIR /data
VOLUME /data
ENV PATH=/opt/vitrage/bin:$PATH VITRAGE_DATA_DIR=/data VITRAGE_CACHE=/data/cache PYTHONUNBUFFERED=1
# The bot touches this file every ten seconds while its event loop runs.
HEALTHCHECK --interval=30s --start-period=60s CMD find /data/alive -mmin -1 | grep -q .
STOPSIGNAL SIGTERM
CMD ["vitrage", "run"]

FROM run-auto AS run-pretrained
USER root
ENV VITRAGE_CACHE=/opt/weights VITRAGE_WEIGHTS=pretrained
RUN vitrage-engine weights --download
USER vitrage

FROM run-${WEIGHTS}
