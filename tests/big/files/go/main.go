// SPDX-License-Identifier: Apache-2.0
//
// Goroutines that never call anything (preempted by SIGURG), nil dereferences recovered, channels, select, timers,
// maps, garbage collection, hashes, and the standard library's compression and formatting.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"example.org/race/shape"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type node struct {
	next *node
	data [100]int
}

func nilDeref(n *node, i int) (result string) {
	defer func() {
		if e := recover(); e != nil {
			_, isRuntime := e.(runtime.Error)
			result = fmt.Sprint(e, " ", isRuntime)
		}
	}()
	switch i % 5 {
	case 0:
		return fmt.Sprint(n.data[i%100])
	case 1:
		var s []int
		return fmt.Sprint(s[i])
	case 2:
		return fmt.Sprint(100 / (i - i))
	case 3:
		var m map[string]int
		m["x"] = 1
	case 4:
		var a interface{} = "text"
		return fmt.Sprint(a.(int))
	}
	return "no panic"
}

func spin(stop *int32) uint64 {
	var n uint64
	for atomic.LoadInt32(stop) == 0 {
		n++
	}
	return n
}

// A loop without a call: only a signal can preempt it.
func tight(n int) int {
	x := 1
	for i := 0; i < n; i++ {
		x = x*1664525 + 1013904223
	}
	return x
}

func main() {
	runtime.GOMAXPROCS(4)
	for i := 0; i < 5; i++ {
		fmt.Println(nilDeref(nil, i))
	}
	recovered := 0
	for i := 0; i < 20000; i++ {
		if strings.HasPrefix(nilDeref(nil, 0), "runtime error") {
			recovered++
		}
	}
	fmt.Println("recovered", recovered)

	var stop int32
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() { defer group.Done(); spin(&stop) }()
	}
	results := make([]int, 16)
	var tights sync.WaitGroup
	for i := range results {
		tights.Add(1)
		go func(i int) { defer tights.Done(); results[i] = tight(3000000 + i) }(i)
	}
	tights.Wait()
	for i := 0; i < 5; i++ {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	atomic.StoreInt32(&stop, 1)
	group.Wait()
	fmt.Println(results)

	c := make(chan int)
	var sum int64
	var consumers sync.WaitGroup
	for i := 0; i < 20; i++ {
		consumers.Add(1)
		go func() {
			defer consumers.Done()
			for v := range c {
				atomic.AddInt64(&sum, int64(v))
			}
		}()
	}
	for i := 0; i < 20000; i++ {
		select {
		case c <- i:
		case <-time.After(20 * time.Second):
			panic("stuck")
		}
	}
	close(c)
	consumers.Wait()
	fmt.Println("channel", sum)

	debug.SetGCPercent(20)
	m := map[string]*node{}
	var lock sync.RWMutex
	var users sync.WaitGroup
	for g := 0; g < 6; g++ {
		users.Add(1)
		go func(g int) {
			defer users.Done()
			for i := 0; i < 4000; i++ {
				key := fmt.Sprint("k", i%300)
				lock.Lock()
				old := m[key]
				if old != nil && i%7 == 0 {
					old.next = nil
				}
				n := &node{next: old}
				n.data[i%100] = i
				m[key] = n
				lock.Unlock()
			}
		}(g)
	}
	users.Wait()
	keys := []string{}
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	fmt.Println(len(keys), keys[:3])

	text := []byte(strings.Repeat("dragoman in go ", 5000))
	fmt.Printf("%x %x %08x\n", sha256.Sum256(text), sha512.Sum512(text), crc32.ChecksumIEEE(text))
	block, _ := aes.NewCipher(text[:32])
	gcm, _ := cipher.NewGCM(block)
	sealed := gcm.Seal(nil, text[:12], text, nil)
	fmt.Printf("%x\n", sha256.Sum256(sealed))
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	digest := sha256.Sum256(text)
	r, s, _ := ecdsa.Sign(rand.Reader, key, digest[:])
	fmt.Println("ecdsa", ecdsa.Verify(&key.PublicKey, digest[:], r, s))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(text)
	w.Close()
	u, _ := gzip.NewReader(&packed)
	unpacked, _ := io.ReadAll(u)
	fmt.Println("gzip", bytes.Equal(unpacked, text))
	fmt.Println(new(big.Int).Exp(big.NewInt(3), big.NewInt(5000), big.NewInt(1000000007)))
	fmt.Println(math.Sqrt(2), math.FMA(1.1, 2.2, 3.3), math.Floor(-1.5), math.Float32bits(0.1), math.Inf(1), math.MaxInt64)
	out, _ := json.Marshal(map[string]interface{}{"a": []int{1, 2}, "b": "é<", "c": 1.5e30})
	fmt.Println(string(out), regexp.MustCompile(`(\w+)@(\w+)`).ReplaceAllString("me@here you@there", "$2 at $1"))
	fmt.Println(shape.Name(&shape.Square{Side: 1.5}), shape.Name(shape.Circle{Radius: 2}), shape.Sum(1, 2, 3), shape.Sum(0.5, 0.25))

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(conn, conn); conn.Close() }()
		}
	}()
	var clients sync.WaitGroup
	var echoed int64
	for i := 0; i < 50; i++ {
		clients.Add(1)
		go func() {
			defer clients.Done()
			conn, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				panic(err)
			}
			conn.Write(text[:1000])
			conn.(*net.TCPConn).CloseWrite()
			back, _ := io.ReadAll(conn)
			atomic.AddInt64(&echoed, int64(len(back)))
		}()
	}
	clients.Wait()
	fmt.Println("echoed", echoed)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-signals)
	child, err := exec.Command("/bin/echo", "from", "a", "child").Output()
	fmt.Print(string(child), err, "\n")
}
