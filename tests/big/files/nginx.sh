# SPDX-License-Identifier: Apache-2.0
set -e
mkdir -p ngx/html ngx/logs; cd ngx
for i in 1 2 3; do head -c $((i*i*20000)) /dev/zero | tr '\0' $i > html/f$i; done
echo hello > html/index.html
cat > nginx.conf <<X
user root; worker_processes 2; daemon on; pid $PWD/pid; error_log $PWD/logs/error.log info;
events { worker_connections 512; }
http { access_log $PWD/logs/access.log; gzip on; gzip_types *; gzip_min_length 100; sendfile on; tcp_nopush on; aio threads; open_file_cache max=100;
 client_body_temp_path $PWD/b; proxy_temp_path $PWD/p; fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
 server { listen 127.0.0.1:7380 reuseport; root $PWD/html; location /proxy/ { proxy_pass http://127.0.0.1:7380/; } location ~ ^/re(\d+)$ { return 200 "n\$1\n"; } } }
X
nginx -p $PWD -c $PWD/nginx.conf
ab -q -n 3000 -c 20 -k http://127.0.0.1:7380/f2 2>&1 | grep -E 'Complete|Failed|Non-2xx|Requests per|Total transf'
ab -q -n 2000 -c 20 http://127.0.0.1:7380/proxy/index.html 2>&1 | grep -E 'Complete|Failed|Non-2xx|Requests per|Total transf'
wrk -t2 -c16 -d2s http://127.0.0.1:7380/index.html 
cat > gz.lua <<X
wrk.headers["Accept-Encoding"] = "gzip"
local n = 0
request = function() n = n + 1; return wrk.format("GET", "/f" .. (n % 3 + 1)) end
done = function(s, l, r) print("errors", s.errors.status, s.errors.read, s.errors.timeout) end
X
wrk -t2 -c16 -d2s -s gz.lua http://127.0.0.1:7380/
nginx -p $PWD -c $PWD/nginx.conf -s reload; sleep 0.5
ab -q -n 500 -c 10 http://127.0.0.1:7380/re42 2>&1 | grep -E 'Complete|Failed'
nginx -p $PWD -c $PWD/nginx.conf -s quit; sleep 0.5; grep -E "alert|emerg|crit|exited on signal" logs/error.log || echo "quiet log"
