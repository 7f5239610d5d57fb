import Foundation
import Testing

@testable import Platform

@Suite struct SignalQueueTests {
  /// On a thread of its own, whose signal mask ends with it. Signals go to that thread alone.
  @Test func givesSignalsToRead() async throws {
    let seen: [Signal?] = await withCheckedContinuation { done in
      Thread.detachNewThread {
        guard let queue = try? SignalQueue() else { return done.resume(returning: []) }
        var seen: [Signal?] = [queue.next()]
        for signal in [Signal.hangUp, .terminate, .interrupt] {
          pthread_kill(pthread_self(), signal.rawValue)
          seen.append(queue.next())
        }
        seen.append(queue.next())
        done.resume(returning: seen)
      }
    }
    #expect(seen == [nil, .hangUp, .terminate, .interrupt, nil])
  }
}
