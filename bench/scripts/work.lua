-- SPDX-License-Identifier: Apache-2.0
-- A mixture of what lua programs do: tables, closures, strings, recursion, floating point.
local function queens(n)
	local count, columns, up, down = 0, {}, {}, {}
	local function place(row)
		if row > n then
			count = count + 1
			return
		end
		for c = 1, n do
			if not columns[c] and not up[row + c] and not down[row - c] then
				columns[c], up[row + c], down[row - c] = true, true, true
				place(row + 1)
				columns[c], up[row + c], down[row - c] = nil, nil, nil
			end
		end
	end
	place(1)
	return count
end
print(queens(8))

local parts = {}
for i = 1, 60000 do
	parts[#parts + 1] = ("%d:%s"):format(i, ("x"):rep(i % 7))
end
local text = table.concat(parts, ",")
local total = 0
for number, x in text:gmatch("(%d+):(x*)") do
	total = total + tonumber(number) * #x
end
print(total, #text)

local points = {}
for i = 1, 50000 do
	points[i] = { x = math.sin(i), y = i * 7919 % 10007 }
end
table.sort(points, function(a, b) return a.y < b.y or (a.y == b.y and a.x < b.x) end)
print(points[1].y, points[50000].y)

local x = 0.5
for i = 1, 3000000 do
	x = 3.7 * x * (1 - x)
end
print(("%.6f"):format(x))
