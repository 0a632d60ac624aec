# The steps are make targets, so that they can be tried without a container engine.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN make build VERSION=${VERSION}

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /src/bin/ringql /ringql
USER nonroot:nonroot
ENV RINGQL_ADDR=:8080 RINGQL_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=4s --start-period=5s CMD ["/ringql", "healthcheck"]
ENTRYPOINT ["/ringql"]
