-- Letters to the backend. Where this script may write files it writes one; in the sandbox of Resolve Free 21.1 it may
-- not, and a value in Fusion's preferences, saved to disk, is the letter. Answers are always read with `loadfile`.

local json = use("json")

local M = {}
M.__index = M

local NOBODY = "The dubbing backend does not answer. Start it with: dubsync serve"
local ANSWER_S, LIFE_S, LOOK_S = 20, 120, 0.1
local KEY = "Global.DubSync.DubSyncRequest"
-- Resolve reads its preferences at every start; a letter should not be what makes them large.
local LARGEST = 512 * 1024

local function data(path)
  local chunk = loadfile(path)
  if not chunk then return nil end
  -- What is loaded is data: it gets no function to call.
  if setfenv then setfenv(chunk, {}) end
  local good, value = pcall(chunk)
  return good and type(value) == "table" and value or nil
end

-- `host`: folder, bmd, fusion, and `io`/`os` as far as they are there.
function M.open(host)
  local session = data(host.folder .. "/session.lua")
  if not session then error(NOBODY, 0) end
  if session.api ~= 1 then
    error("The backend speaks version " .. tostring(session.api) .. " of the interface, this script version 1. "
      .. "Run: dubsync plugin install resolve", 0)
  end
  local by_file = host.io ~= nil and host.io.open ~= nil and host.os.rename ~= nil
  return setmetatable({ host = host, token = session.token, by_file = by_file, count = 0 }, M)
end

function M:new_id()
  self.count = self.count + 1
  local place = tostring({}):match("0x(%x+)") or "0"
  return string.format("r%x-%x-%s-%d", os.time(), math.floor(os.clock() * 1e6) % 2 ^ 31, place, self.count)
end

function M:post(id, letter)
  local text = json.encode(letter)
  if self.by_file then
    local path = self.host.folder .. "/request-" .. id
    local file = self.host.io.open(path .. ".part", "wb")
    if not file then error("The folder of the backend cannot be written: " .. self.host.folder, 0) end
    file:write(text)
    file:close()
    self.host.os.rename(path .. ".part", path .. ".json")
    return
  end
  local packed = json.to_base64(text)
  if #packed > LARGEST then
    error("These lines are too many for Resolve Free: " .. math.ceil(#packed / 1024) .. " KB, of "
      .. LARGEST / 1024 .. ". Dub the timeline in two halves, or from an SRT with the page of dubsync.", 0)
  end
  self:save(id .. ":" .. packed)
end

function M:save(value)
  -- Saving may fail while Resolve itself writes the file.
  for _ = 1, 5 do
    if pcall(function()
      self.host.fusion:SetPrefs(KEY, value)
      self.host.fusion:SavePrefs()
    end) then return end
    self.host.bmd.wait(LOOK_S)
  end
  error("Fusion's preferences cannot be saved, so the backend cannot be reached.", 0)
end

-- The answer. Raises the sentence to show where there is none, or where it is an error.
function M:ask(op, parameters, body, limit_s)
  local value, refusal = self:try(op, parameters, body, limit_s)
  if refusal then error(refusal.message, 0) end
  return value
end

-- The answer, or nil and the error the backend gave: its `code` and `message`. Raises where there is no answer.
function M:try(op, parameters, body, limit_s)
  local id = self:new_id()
  self:post(id, {
    id = id, token = self.token, expires = os.time() + LIFE_S, op = op,
    parameters = parameters or {}, body = body, reply = "lua",
  })
  local waited, path = 0, self.host.folder .. "/answer-" .. id .. ".lua"
  local answer = data(path)
  while not answer do
    if waited >= (limit_s or ANSWER_S) then error(NOBODY, 0) end
    self.host.bmd.wait(LOOK_S)
    waited = waited + LOOK_S
    answer = data(path)
  end
  local value = json.decode(json.from_base64(answer.body))
  if answer.status >= 400 then
    local said = type(value) == "table" and value.error or {}
    return nil, { code = said.code, message = said.message or "The backend refused (" .. answer.status .. ")." }
  end
  return value
end

-- The newest state of a job, from the file the backend keeps; no letter is written for it.
function M:watched(job)
  local state = data(self.host.folder .. "/job-" .. job .. ".lua")
  return state and json.decode(json.from_base64(state.body))
end

function M:alive()
  return data(self.host.folder .. "/session.lua") ~= nil
end

-- The letter does not stay in the preferences.
function M:close()
  if not self.by_file and self.count > 0 then self:save("") end
end

return M
