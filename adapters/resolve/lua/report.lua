-- What the editor sees. A script of Resolve Free has no window and its print is mute, so a marker on the timeline says
-- how far the work is and how it ended; removing the marker while it works stops the work.

local timeline_of = use("timeline")
local ask = timeline_of.ask

local M = {}
M.__index = M

local TAG = "dubsync.report"

local function say(text)
  local out = printerr or print
  if out then out("DubSync: " .. text) end
end
M.say = say

function M.new(timeline)
  return setmetatable({ timeline = timeline, shown = nil }, M)
end

-- A marker needs a frame of its own.
local function free_frame(timeline)
  local taken = {}
  for frame in pairs(ask(timeline, "GetMarkers") or {}) do
    if type(frame) == "number" then taken[math.floor(frame + 0.5)] = true end
  end
  local frame = 0
  while taken[frame] do frame = frame + 1 end
  return frame
end

function M:show(color, title, note)
  if self.shown == title .. color then return end
  say(title .. (note and note ~= "" and ". " .. note or ""))
  ask(self.timeline, "DeleteMarkerByCustomData", TAG)
  ask(self.timeline, "AddMarker", free_frame(self.timeline), color, "DubSync: " .. title, note or "", 1, TAG)
  self.shown = title .. color
  self.visible = self:is_there()
end

function M:is_there()
  local found = ask(self.timeline, "GetMarkerByCustomData", TAG)
  return type(found) == "table" and next(found) ~= nil
end

-- Did the editor remove the marker? One that Resolve never showed nobody has removed.
function M:was_removed()
  return self.visible and not self:is_there()
end

return M
