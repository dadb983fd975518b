# Two stages: the compiler stays behind. Runs as nobody in particular, with a read-only root; only /data is written.
# BASE has Node 24, npm and a user node: scripts/image-from-debian.sh makes one of an empty Debian, and tries all of this.
ARG BASE=node:24-slim
FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json rolldown.config.ts ./
COPY src ./src
COPY scripts ./scripts
COPY docs ./docs
# Scripts take the kernel's rules and the digest from there; none of it gets into the image.
COPY test ./test
COPY bench ./bench
# The image brings its own Node: the one of npm's scripts stays behind too.
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/node-linux-* node_modules/.bin

FROM ${BASE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
# The port is published by whoever runs the image: set API_TOKENS, or OPEN_TO_ALL=yes behind a door of your own.
# Large columns on huge pages, two pools of freed memory, as npm start does (docs/architecture.md).
ENV GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.arena_max=2
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
COPY --from=build /app/dist/service ./dist/service
COPY --from=build /app/dist/page ./dist/page
COPY --from=build /app/dist/guide ./dist/guide
COPY openapi ./openapi
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
# Podman takes one failure for the end where nobody says how many.
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
