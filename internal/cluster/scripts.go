package cluster

import "github.com/redis/go-redis/v9"

// begin is how both scripts begin: with the head of a log, of which there is one from then on.
// Their common arguments are the time, what a new era would be called, and the lives of
// entries and head. Times are in microseconds, and of one log never go back.
//
// A Redis that was started anew may have an old log. Where it may not say which run of it this
// is (to a user who has not got INFO), that cannot be known.
const begin = `local log, head, uuids, last, ages = unpack(KEYS)
local now, life = tonumber(ARGV[1]), tonumber(ARGV[3])
if not now then
  local t = redis.call('TIME')
  now = t[1] * 1000000 + t[2]
end
local function int(n) return string.format('%.0f', n) end

local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or ''
local h = redis.call('HMGET', head, 'era', 'run', 'number', 'at')
local era, number = h[1], tonumber(h[3]) or 0
now = math.max(now, tonumber(h[4]) or 0)
if not era or h[2] ~= run then
  redis.call('HSET', head, 'era', ARGV[2], 'run', run, 'number', int(number))
  redis.call('PEXPIRE', head, ARGV[4])
  if not era then redis.call('DEL', log, uuids, last, ages) end
  era = ARGV[2]
end
local function trim()
  local most, old = 1, 0
  repeat
    old = 0
    local first = redis.call('XRANGE', log, '-', '+', 'COUNT', most)
    while first[old + 1] and tonumber(first[old + 1][2][2]) <= now - life do old = old + 1 end
    if old > 0 then redis.call('XTRIM', log, 'MAXLEN', redis.call('XLEN', log) - old) end
    most = math.min(2 * most, 128)
  until old == 0
end
`

// publish writes the events whose uuid is not known, and returns how many those are. It needs
// besides how many entries and uuids are kept, the life of these, and the bell to ring; of
// each event its uuid, kind, time, subject and body.
//
// What may be refused for lack of memory comes first, so that nothing is done by halves. An
// event has a time of its own, so that those of one step are forgotten in their order.
var publish = redis.NewScript(begin + `local most, remember, mostUUIDs = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local function known(set, name, span)
  local at = tonumber(redis.call('ZSCORE', set, name))
  return at and at > now - span
end
local told, new = {}, {}
for i = 10, #ARGV, 5 do
  local uuid = ARGV[i]
  if not told[uuid] and not known(uuids, uuid, remember) then
    told[uuid] = true
    new[#new + 1] = i
  end
end
if #new == 0 then return 0 end

redis.call('HSET', head, 'number', int(number + #new), 'at', int(now + #new))
redis.call('PEXPIRE', head, ARGV[4])
for n, i in ipairs(new) do
  local uuid, kind, time, subject, body = unpack(ARGV, i, i + 4)
  local before = ''
  if subject ~= '' then
    if known(ages, subject, life) then before = redis.call('HGET', last, subject) or '' end
    redis.call('HSET', last, subject, body)
    redis.call('ZADD', ages, int(now + n), subject)
  end
  redis.call('ZADD', uuids, int(now + n), uuid)
  redis.call('XADD', log, int(number + n) .. '-0', 'at', int(now + n),
    'uuid', uuid, 'kind', kind, 'time', time, 'subject', subject, 'body', body, 'before', before)
end

trim()
redis.call('XTRIM', log, 'MAXLEN', most)
redis.call('ZREMRANGEBYSCORE', uuids, '-inf', int(now - remember))
redis.call('ZREMRANGEBYRANK', uuids, 0, -mostUUIDs - 1)
local function forget(subjects)
  for _, s in ipairs(subjects) do
    redis.call('ZREM', ages, s)
    redis.call('HDEL', last, s)
  end
end
forget(redis.call('ZRANGEBYSCORE', ages, '-inf', int(now - life)))
forget(redis.call('ZRANGE', ages, 0, -most - 1))
for _, key in ipairs({log, last, ages}) do redis.call('PEXPIRE', key, int(life / 1000)) end
redis.call('PEXPIRE', uuids, int(remember / 1000))
redis.pcall('PUBLISH', ARGV[8], ARGV[9])
return #new
`)

// read returns the era of a log, the number of its last entry, whether there is something
// missing behind a position (an era and a number), and if not, so many entries from there.
var read = redis.NewScript(begin + `trim()
local from, most = tonumber(ARGV[6]), tonumber(ARGV[7])
local before = number - redis.call('XLEN', log)
if ARGV[5] == '' and from == 0 then
  from = before
elseif ARGV[5] ~= era or from < before or from > number then
  return {era, number, 1, {}}
end
if most < 1 then return {era, number, 0, {}} end
return {era, number, 0, redis.call('XRANGE', log, int(from + 1), '+', 'COUNT', most)}
`)
