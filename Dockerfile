# One image, three programs: fleetblock, fleetblock-agent, fleetblock-controller. docs/containers.md says how to run them.

# For a repeatable build, name the digest: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:...
ARG NODE_IMAGE=node:24-bookworm-slim
FROM ${NODE_IMAGE} AS build
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends clang libbpf-dev make \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# No install scripts: the one of the devDependency `node` fetches a second Node.js, and koffi ships prebuilt.
RUN npm ci --ignore-scripts && rm -rf node_modules/node node_modules/.bin/node
COPY . .
RUN npm run build

FROM ${NODE_IMAGE} AS packages
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libbpf1 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/fleetblock
COPY --from=packages /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY --from=build /src/bpf/build/fleetblock.bpf.o bpf/build/fleetblock.bpf.o
COPY package.json LICENSE ./
COPY deploy/container deploy/container
# A new named volume takes the owner and mode of the directory it is mounted on: the controller's is its user's, the agent's is root's.
RUN ln -s /opt/fleetblock/dist/cli/main.js /usr/local/bin/fleetblock \
 && ln -s /opt/fleetblock/dist/agent/main.js /usr/local/bin/fleetblock-agent \
 && ln -s /opt/fleetblock/dist/controller/main.js /usr/local/bin/fleetblock-controller \
 && install -d -m 0700 -o 1000 -g 1000 /var/lib/fleetblock \
 && install -d -m 0700 /var/lib/fleetblock-agent
ENV NODE_ENV=production
# The image's user `node`, by number, so that runAsNonRoot can check it. The agent alone runs as root, see docker-compose.yml.
USER 1000:1000
ENTRYPOINT []
CMD ["fleetblock", "--help"]
