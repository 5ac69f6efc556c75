# One image for every app; the app is chosen by argument:
#   docker build -t passerelle .
#   docker run --env-file .env passerelle sync
ARG NODE_IMAGE=node:20.20-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY apps apps
RUN npx nest build stack

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
# In a container the loopback address is nobody's: listen where the container's network arrives.
ENV HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY scripts/run-app.mjs scripts/is-ready.mjs scripts/
USER node
# Node is process 1 and gets SIGTERM itself: every app stops in order on the first one.
ENTRYPOINT ["node", "--enable-source-maps", "scripts/run-app.mjs"]
CMD ["gateway"]
