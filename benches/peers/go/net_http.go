// Go's net/http on one processor.
package main

import (
	"flag"
	"log"
	"net/http"
	"runtime"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address and port")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	greeting := []byte("Hello world!")
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		w.Write(greeting)
	})
	log.Fatal(http.ListenAndServe(*listen, nil))
}
