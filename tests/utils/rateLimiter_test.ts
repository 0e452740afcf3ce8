import assert from "node:assert/strict";
import fc from "fast-check";
import { createRateLimiter } from "../../src/utils/rateLimiter.ts";

Deno.test("consume() allows a burst of the capacity, then what is refilled", () => {
  const limiter = createRateLimiter({ capacity: 3, refillPerSecond: 1 });
  const times = [0, 0, 0, 0, 999, 1_000, 1_000, 60_000, 60_000, 60_000, 60_000];
  assert.deepEqual(
    times.map((nowMs) => limiter.consume("a", nowMs).allowed),
    [true, true, true, false, false, true, false, true, true, true, false],
  );
});

Deno.test("giveBack() undoes one consume(), and fills no bucket beyond its capacity", () => {
  const limiter = createRateLimiter({ capacity: 2, refillPerSecond: 1 });
  const consume = (nowMs: number) => limiter.consume("a", nowMs).allowed;
  limiter.giveBack("a", 0);
  assert.deepEqual([consume(0), consume(0), consume(0)], [true, true, false]);
  limiter.giveBack("a", 0);
  assert.deepEqual([consume(0), consume(0)], [true, false]);
  limiter.giveBack("a", 60_000);
  assert.deepEqual([consume(60_000), consume(60_000), consume(60_000)], [true, true, false]);
});

Deno.test("consume() gives the whole seconds after which it will allow, and then does", () => {
  const limits = fc.record({
    capacity: fc.integer({ min: 1, max: 20 }),
    refillPerSecond: fc.double({ min: 0.05, max: 20, noNaN: true }),
  });
  fc.assert(fc.property(limits, fc.nat(1e9), (limit, nowMs) => {
    const limiter = createRateLimiter(limit);
    for (let n = 0; n < limit.capacity; n++) assert.ok(limiter.consume("a", nowMs).allowed);
    const refused = limiter.consume("a", nowMs);
    assert.ok(!refused.allowed);
    assert.ok(Number.isInteger(refused.retryAfterSeconds) && refused.retryAfterSeconds >= 1);
    // A rounding error of the refill must not make the promise a lie.
    assert.ok(limiter.consume("a", nowMs + refused.retryAfterSeconds * 1000 + 1).allowed);
  }));
});

Deno.test("consume() never allows more than capacity plus refill over any time", () => {
  const waits = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(waits, (waitsMs) => {
    const limiter = createRateLimiter({ capacity: 5, refillPerSecond: 2 });
    let nowMs = 0;
    let allowed = 0;
    for (const waitMs of waitsMs) {
      nowMs += waitMs;
      if (limiter.consume("a", nowMs).allowed) allowed++;
    }
    assert.ok(allowed <= 5 + nowMs / 1000 * 2 + 1e-6);
  }));
});

Deno.test("consume() counts each key by itself", () => {
  const limiter = createRateLimiter({ capacity: 1, refillPerSecond: 1 });
  assert.equal(limiter.consume("a", 0).allowed, true);
  assert.equal(limiter.consume("b", 0).allowed, true);
  assert.equal(limiter.consume("a", 0).allowed, false);
});

Deno.test("consume() takes the cost, or nothing when it refuses", () => {
  const limiter = createRateLimiter({ capacity: 10, refillPerSecond: 1 });
  assert.equal(limiter.consume("a", 0, 7).allowed, true);
  assert.deepEqual(limiter.consume("a", 0, 7), { allowed: false, retryAfterSeconds: 4 });
  assert.equal(limiter.consume("a", 0, 3).allowed, true);
  assert.throws(() => limiter.consume("a", 0, 11), RangeError);
});

Deno.test("consume() gains nothing when the clock goes backwards", () => {
  const limiter = createRateLimiter({ capacity: 1, refillPerSecond: 1 });
  assert.equal(limiter.consume("a", 10_000).allowed, true);
  assert.equal(limiter.consume("a", 0).allowed, false);
  assert.equal(limiter.consume("a", 10_500).allowed, false);
  assert.equal(limiter.consume("a", 11_000).allowed, true);
});

Deno.test("consume() remembers at most maxEntries keys, those last seen", () => {
  const limiter = createRateLimiter({ capacity: 1, refillPerSecond: 0.001, maxEntries: 3 });
  limiter.consume("a", 0);
  for (let n = 0; n < 1_000; n++) {
    limiter.consume(`stranger ${n}`, n);
    assert.equal(limiter.consume("a", n).allowed, false);
    assert.ok(limiter.size <= 3);
  }
});

Deno.test("consume() forgets keys whose bucket is full again", () => {
  const limiter = createRateLimiter({ capacity: 2, refillPerSecond: 1 });
  for (let n = 0; n < 1_000; n++) limiter.consume(`key ${n}`, 0);
  assert.equal(limiter.size, 1_000);
  for (let n = 0; n < 1_000; n++) limiter.consume("still here", 10_000);
  assert.equal(limiter.size, 1);
});

Deno.test("createRateLimiter() throws when a limit is not positive", () => {
  for (
    const limit of [
      { capacity: 0, refillPerSecond: 1 },
      { capacity: 1, refillPerSecond: 0 },
      { capacity: NaN, refillPerSecond: 1 },
      { capacity: 1, refillPerSecond: 1, maxEntries: 0 },
    ]
  ) assert.throws(() => createRateLimiter(limit), RangeError);
});
