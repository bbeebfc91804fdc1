# The hub, from its wheel. Build: docker build -t alliance-hub .
FROM python:3.11-slim AS build
WORKDIR /src
COPY . .
RUN bash hub/console/web/build && pip install --no-cache-dir hatchling && pip wheel --no-cache-dir --no-deps --no-build-isolation -w /wheels .

FROM python:3.11-slim
RUN useradd --system --create-home hub
COPY requirements.lock /tmp/requirements.lock
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock \
 && pip install --no-cache-dir --no-deps /wheels/*.whl && rm -rf /wheels /tmp/requirements.lock
USER hub
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"
ENTRYPOINT ["alliance-hub"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
