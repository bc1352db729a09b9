-- One request, sent again and again; the figures come as one line of JSON.
-- wrk … -s load.lua URL -- METHOD BODY_FILE
-- BODY_FILE is a file with the JSON to send, or `-` for none.

function init(args)
  wrk.method = args[1] or "GET"
  local file = args[2] or "-"
  if file ~= "-" then
    local handle = assert(io.open(file, "rb"))
    wrk.body = handle:read("*a")
    handle:close()
    wrk.headers["Content-Type"] = "application/json"
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '\n{"requests":%d,"duration_us":%d,"bytes":%d,"failed":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration, summary.bytes, failed, latency:percentile(50), latency:percentile(99)
  ))
end
