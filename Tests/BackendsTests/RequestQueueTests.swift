import Backends
import Testing
import TestSupport

@Suite(.seeded) struct RequestQueueTests {
  @Test func aPlaceIsFreeUpToTheLimit() {
    let queue = RequestQueue(limit: 2)
    #expect(queue.enter())
    #expect(queue.enter())
    #expect(!queue.enter())
    queue.leave()
    #expect(queue.enter())
  }

  @Test func thoseThatWaitComeInOrderOfArrivalAndBeforeNewOnes() {
    let queue = RequestQueue(limit: 1)
    var turns: [Int] = []
    let numbers = (0..<4).map { _ in queue.arrive() }
    #expect(queue.enter())
    for place in [2, 1, 3] { _ = queue.wait(numbers[place]) { turns.append(place) } }
    queue.leave()
    #expect(!queue.enter())
    queue.admitWaiting()
    #expect(turns == [1])
    queue.leave()
    queue.admitWaiting()
    queue.leave()
    queue.admitWaiting()
    #expect(turns == [1, 2, 3])
  }

  @Test func aLoadingBackendGetsOneMessageAtATime() {
    let queue = RequestQueue(limit: 0)
    queue.isLoading = true
    #expect(!queue.enter())
    var turns: [Int] = []
    for place in 0..<3 { _ = queue.wait(queue.arrive()) { turns.append(place) } }
    queue.admitWaiting()
    #expect(turns.isEmpty)
    #expect(queue.admitFirst())
    #expect(turns == [0])
    queue.isLoading = false
    queue.admitWaiting()
    #expect(turns == [0, 1, 2])
  }

  @Test func whatIsWithdrawnHasNoTurn() {
    let queue = RequestQueue(limit: 1)
    #expect(queue.enter())
    let ticket = queue.wait(queue.arrive()) { Issue.record("it was withdrawn") }
    queue.withdraw(ticket)
    queue.leave()
    queue.admitWaiting()
    #expect(queue.inFlight == 0)
    #expect(queue.waitingCount == 0)
  }

  /// However requests come and go, there are never more than the limit, none waits beside a free place, and nothing is
  /// left at the end.
  @Test func randomTrafficKeepsTheLimit() {
    var generator = SeededGenerator()
    for limit in [1, 3, 7] {
      let queue = RequestQueue(limit: limit)
      var waiting: [UInt64: RequestQueue.Ticket] = [:]
      var last: UInt64 = 0
      for _ in 0..<20_000 {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0, 1:
          let number = queue.arrive()
          if !queue.enter() {
            waiting[number] = queue.wait(number) {
              #expect(number > last)
              last = number
              waiting[number] = nil
            }
          }
        case 2 where queue.inFlight > 0:
          queue.leave()
        default:
          if let (number, ticket) = waiting.randomElement(using: &generator) {
            queue.withdraw(ticket)
            waiting[number] = nil
          }
        }
        queue.admitWaiting()
        #expect(queue.inFlight <= limit)
        #expect(queue.waitingCount == waiting.count)
        #expect(queue.waitingCount == 0 || queue.inFlight == limit)
      }
    }
  }
}
