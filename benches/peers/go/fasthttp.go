// fasthttp on one processor.
package main

import (
	"flag"
	"log"
	"runtime"

	"github.com/valyala/fasthttp"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address and port")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	greeting := []byte("Hello world!")
	handler := func(ctx *fasthttp.RequestCtx) {
		if string(ctx.Path()) != "/" {
			ctx.Error("Not found", fasthttp.StatusNotFound)
			return
		}
		ctx.SetContentType("text/plain")
		ctx.SetBody(greeting)
	}
	log.Fatal(fasthttp.ListenAndServe(*listen, handler))
}
