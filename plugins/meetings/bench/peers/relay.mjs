// The official Socket.IO server as a relay for `bench live`: node relay.mjs PORT
import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((_request, answer) => answer.end("ok"));
const live = new Server(server, { perMessageDeflate: false, httpCompression: false }).of("/live");
live.on("connection", (socket) => {
  socket.join("live");
  socket.on("post", (packet) => live.to("live").emit("events", packet));
});
server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
