import Bytes
import Context
import Outbox
import Platform

/// libFuzzer calls this with each input, a list of steps; a failed precondition is a finding.
///
/// A block is used as the gateway uses it, damaged, and opened again. Random bytes would not get past the checksums: so
/// damage may have right ones.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(start: UnsafePointer<UInt8>?, count: Int) -> Int32 {
  var steps = UnsafeBufferPointer(start: start, count: count)[...]
  let run = OutboxRun()
  var reopenings = 0
  while let step = steps.popFirst(), reopenings < 8 {
    let (a, b) = (Int(steps.popFirst() ?? 0), Int(steps.popFirst() ?? 0))
    switch step % 10 {
    case 0: run.add(bodyCount: a * 8, hasKey: b & 1 == 1, hasReceiver: b & 2 == 2)
    case 1: run.finish(a, dataCount: b * 8)
    case 2: run.deliver(a, parts: b)
    case 3: run.remove(a)
    case 4: run.flush()
    case 5: run.damage(piece: a, b, steps.popFirst() ?? 0, isSound: false)
    case 6: run.damage(piece: a, b, steps.popFirst() ?? 0, isSound: true)
    case 7: run.copy(piece: a, to: b)
    case 8: run.fill(piece: a, with: steps.prefix(b))
    default:
      run.reopen()
      reopenings += 1
    }
  }
  run.reopen()
  run.empty()
  return 0
}
