# The coordinator alone: built from source in the first stage, run as an ordinary user in the last.
FROM node:24.21.0-bookworm-slim AS manifests
WORKDIR /tributary
COPY package.json package-lock.json .npmrc ./
COPY protocols/package.json protocols/
COPY client-sdk/package.json client-sdk/
COPY coordinator/package.json coordinator/
COPY coordinator/admin-ui/package.json coordinator/admin-ui/
COPY simulations/package.json simulations/
COPY tests/package.json tests/

FROM manifests AS build
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY protocols protocols
COPY coordinator coordinator
COPY scripts/ensure-console.ts scripts/
RUN node scripts/ensure-console.ts
RUN node_modules/.bin/tsc -p protocols/tsconfig.build.json && node_modules/.bin/tsc -p coordinator/tsconfig.build.json

FROM manifests AS packages
# Packages with native code carry it prebuilt; nothing is compiled or downloaded by scripts.
RUN npm ci --ignore-scripts --omit=dev --workspace protocols --workspace coordinator && npm cache clean --force

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /tributary
COPY --from=packages /tributary/node_modules node_modules
COPY --from=build /tributary/protocols/package.json protocols/
COPY --from=build /tributary/protocols/dist protocols/dist
COPY --from=build /tributary/coordinator/package.json coordinator/
COPY --from=build /tributary/coordinator/dist coordinator/dist
COPY --from=build /tributary/coordinator/admin-ui/dist coordinator/admin-ui/dist
RUN install --directory --owner=node --group=node --mode=0700 /data
USER node
ENV TRIBUTARY_DATA=/data TRIBUTARY_HOST=0.0.0.0 TRIBUTARY_PORT=4570
VOLUME /data
EXPOSE 4570
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.TRIBUTARY_PORT + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "coordinator/dist/main.js"]
