-- JSON and base64, in nothing but the string library: the sandbox of Resolve Free 21.1 has no `require` to bring more.

local M = {}

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(character)
    return ESCAPES[character] or string.format("\\u%04x", character:byte())
  end) .. '"'
end

local function number(value)
  -- %d would silently cut a fraction off, and %.14g would round a large frame number.
  if value == math.floor(value) and math.abs(value) < 2 ^ 53 then
    return string.format("%.0f", value)
  end
  return string.format("%.17g", value)
end

-- A table is an array where `M.list` made it one or where it has a first element; any other is an object.
local LIST = {}

function M.list(items)
  return setmetatable(items or {}, LIST)
end

function M.encode(value)
  local kind = type(value)
  if kind == "string" then return quoted(value) end
  if kind == "number" then return number(value) end
  if kind == "boolean" then return tostring(value) end
  if kind ~= "table" then return "null" end
  local parts = {}
  if getmetatable(value) == LIST or value[1] ~= nil then
    for index = 1, #value do parts[index] = M.encode(value[index]) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do
    parts[#parts + 1] = quoted(tostring(key)) .. ":" .. M.encode(item)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  local tail, limit = "", 0x40
  while code >= limit do
    tail = string.char(0x80 + code % 0x40) .. tail
    code, limit = math.floor(code / 0x40), limit == 0x40 and 0x20 or limit / 2
  end
  return string.char((0x100 - 2 * limit) + code) .. tail
end

local PLAIN = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function unquoted(text, start)
  local parts, at = {}, start + 1
  while true do
    local plain_end = text:find('["\\]', at)
    if not plain_end then error("JSON: a string does not end") end
    parts[#parts + 1] = text:sub(at, plain_end - 1)
    if text:byte(plain_end) == 34 then return table.concat(parts), plain_end + 1 end
    local letter = text:sub(plain_end + 1, plain_end + 1)
    at = plain_end + 2
    if letter == "u" then
      local code = tonumber(text:sub(at, at + 3), 16)
      at = at + 4
      if code >= 0xD800 and code < 0xDC00 and text:sub(at, at + 1) == "\\u" then
        code = 0x10000 + (code - 0xD800) * 0x400 + tonumber(text:sub(at + 2, at + 5), 16) - 0xDC00
        at = at + 6
      end
      parts[#parts + 1] = utf8_of(code)
    else
      parts[#parts + 1] = PLAIN[letter] or letter
    end
  end
end

local value_at

local function members(text, at, close, take)
  at = text:find("%S", at)
  if text:sub(at, at) == close then return at + 1 end
  while true do
    at = text:find("%S", take(at))
    local mark = text:sub(at, at)
    at = text:find("%S", at + 1) or at + 1
    if mark == close then return at end
    if mark ~= "," then error("JSON: expected , or " .. close) end
  end
end

local function array_at(text, at)
  local items = M.list()
  local after = members(text, at + 1, "]", function(start)
    local item, stop = value_at(text, start)
    items[#items + 1] = item
    return stop
  end)
  return items, after
end

local function object_at(text, at)
  local object = {}
  local after = members(text, at + 1, "}", function(start)
    local key, stop = unquoted(text, start)
    local item
    item, stop = value_at(text, text:find(":", stop, true) + 1)
    object[key] = item
    return stop
  end)
  return object, after
end

local WORDS = { ["true"] = true, ["false"] = false }

function value_at(text, at)
  at = text:find("%S", at)
  local first = text:sub(at, at)
  if first == "{" then return object_at(text, at) end
  if first == "[" then return array_at(text, at) end
  if first == '"' then return unquoted(text, at) end
  local word = text:match("^[%w%.%+%-]+", at)
  if not word then error("JSON: nothing readable at " .. at) end
  if word == "null" then return nil, at + 4 end
  if WORDS[word] ~= nil then return WORDS[word], at + #word end
  return tonumber(word) or error("JSON: no number: " .. word), at + #word
end

-- JSON text to tables; an array keeps its length only as far as its first null.
function M.decode(text)
  return (value_at(text, 1))
end

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

function M.to_base64(text)
  local parts = {}
  for at = 1, #text, 3 do
    local a, b, c = text:byte(at, at + 2)
    local bits = a * 65536 + (b or 0) * 256 + (c or 0)
    local four = ""
    for place = 0, 3 do
      local digit = math.floor(bits / 64 ^ (3 - place)) % 64
      four = four .. DIGITS:sub(digit + 1, digit + 1)
    end
    if not c then four = four:sub(1, b and 3 or 2) .. (b and "=" or "==") end
    parts[#parts + 1] = four
  end
  return table.concat(parts)
end

local VALUES = {}
for at = 1, #DIGITS do VALUES[DIGITS:byte(at)] = at - 1 end

function M.from_base64(text)
  local parts = {}
  for at = 1, #text, 4 do
    local bits, letters = 0, 3
    for place = 0, 3 do
      local value = VALUES[text:byte(at + place)]
      if not value then letters = letters - 1 end
      bits = bits * 64 + (value or 0)
    end
    local three = string.char(math.floor(bits / 65536), math.floor(bits / 256) % 256, bits % 256)
    parts[#parts + 1] = three:sub(1, letters)
  end
  return table.concat(parts)
end

return M
