# The web app and the command, without a Neo4j: docker-compose.yml brings that beside it.
FROM python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

RUN useradd --system --uid 10001 --home-dir /var/lib/hubgraph --create-home hubgraph

WORKDIR /opt/hubgraph
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN pip install --require-hashes -r requirements/runtime.txt -r requirements/build.txt

COPY pyproject.toml README.md LICENSE ./
COPY hubgraph hubgraph
COPY graph graph
COPY spiders spiders
COPY webapp webapp
COPY cypher cypher
COPY sample sample
RUN pip install --no-deps --no-build-isolation .

USER hubgraph
EXPOSE 8000
CMD ["hubgraph", "web", "--host", "0.0.0.0", "--port", "8000"]
