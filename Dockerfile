# One image, three programs: fleetblock, fleetblock-agent, fleetblock-controller. docs/containers.md says how to run them.

# For a repeatable build, name the digest: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:...
ARG NODE_IMAGE=node:24-bookworm-slim
FROM ${NODE_IMAGE} AS build
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends binutils clang libbpf-dev make
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# No install scripts: the one of the devDependency `node` fetches a second Node.js, and koffi ships prebuilt.
RUN npm ci --ignore-scripts && rm -rf node_modules/node node_modules/.bin/node
COPY . .
RUN npm run build && sh deploy/container/root.sh /image

# Nothing of the base is in the image: it has the libraries that the programs need, and a shell for their entrypoints.
FROM scratch
COPY --from=build /image /
ENV PATH=/usr/local/bin:/bin NODE_ENV=production
# By number, so that runAsNonRoot can check it. The agent alone runs as root, see docker-compose.yml.
USER 1000:1000
# Asks the program that runs, and fails when it hangs or does not do its work.
HEALTHCHECK --interval=10s --timeout=8s --start-period=60s --retries=2 CMD ["/opt/fleetblock/deploy/container/health.sh"]
ENTRYPOINT []
CMD ["fleetblock", "--help"]
