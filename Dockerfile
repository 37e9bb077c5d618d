# The embedded server, the same as `npm start`.
#   docker build -t edgeflame .
#   docker run --init -p 4040:4040 -v edgeflame:/data -e EDGEFLAME_TOKEN=write:SECRET,read:SECRET,admin:SECRET edgeflame
# It listens on all addresses of the container, so it refuses to start without EDGEFLAME_TOKEN.
FROM node:24-bookworm-slim
WORKDIR /app

COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund

COPY wrangler.toml tsconfig.json ./
COPY migrations migrations
COPY scripts scripts
COPY src src
COPY web web
RUN node scripts/prepare.mjs && mkdir /data && chown node /data

ENV HOST=0.0.0.0 PORT=4040 DATA_DIR=/data SKIP_BUILD=1
USER node
VOLUME /data
EXPOSE 4040
HEALTHCHECK CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "scripts/start.mjs"]
