# The image of the controller: Node and what `npm pack` ships, nothing else. docs/how-to/container.md says how to build and run it.
# NODE may be given with its digest: --build-arg NODE=node:24.21.0-trixie-slim@sha256:...
ARG NODE=node:24.21.0-trixie-slim

# What is made here is the same for every architecture (JavaScript only), so it is made on the machine's own.
FROM --platform=$BUILDPLATFORM ${NODE} AS package
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# There is no .git here: commit and time of the build come from outside.
ARG CELLWRIGHT_COMMIT=unknown
ARG SOURCE_DATE_EPOCH
RUN npm pack --pack-destination /tmp && mkdir /app && tar --extract --gzip --no-same-owner --strip-components 1 --directory /app --file /tmp/cellwright-*.tgz

FROM --platform=$BUILDPLATFORM ${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE}
ARG CELLWRIGHT_COMMIT=unknown
LABEL org.opencontainers.image.title=cellwright \
      org.opencontainers.image.licenses=Apache-2.0 \
      org.opencontainers.image.revision=$CELLWRIGHT_COMMIT
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=package /app ./
# The user `node` by number: what demands "not root" can check that. It owns no file here, and none is written.
USER 1000:1000
EXPOSE 9400
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/bin/healthcheck"]
ENTRYPOINT ["node", "/app/bin/cellwright"]
CMD ["controller"]
