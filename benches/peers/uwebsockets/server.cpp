// uWebSockets in one thread: /ws sends every message back, /room gets what is sent to /send.
#include <App.h>
#include <cstdlib>
#include <iostream>
#include <string>

struct Nothing {};

int main(int, char **arguments) {
    std::string address = arguments[2];
    auto colon = address.rfind(':');
    uWS::App app;
    auto settings = []() {
        uWS::App::WebSocketBehavior<Nothing> behavior;
        behavior.compression = uWS::CompressOptions(uWS::SHARED_COMPRESSOR | uWS::SHARED_DECOMPRESSOR);
        behavior.maxPayloadLength = 1024 * 1024;
        behavior.idleTimeout = 120;
        return behavior;
    };
    auto echo = settings(), room = settings(), send = settings();
    echo.message = [](auto *socket, std::string_view message, uWS::OpCode opcode) {
        socket->send(message, opcode, false);
    };
    room.open = [](auto *socket) { socket->subscribe("room"); };
    send.message = [&app](auto *, std::string_view message, uWS::OpCode opcode) {
        app.publish("room", message, opcode, false);
    };
    app.ws<Nothing>("/ws", std::move(echo))
        .ws<Nothing>("/room", std::move(room))
        .ws<Nothing>("/send", std::move(send))
        .listen(address.substr(0, colon), std::atoi(address.c_str() + colon + 1), [](auto *socket) {
            if (!socket) {
                std::cerr << "the address is not free" << std::endl;
                std::exit(1);
            }
        })
        .run();
}
