import JSON
import Testing

@testable import Protocols

@Suite struct ByteBudgetTests {
  @Test func whatIsExhaustedStaysSo() {
    let budget = ByteBudget(limit: 100)
    budget.charge(100)
    #expect(!budget.isExceeded)
    budget.exhaust()
    budget.charge(-100)
    #expect(budget.isExceeded)
  }

  /// A member of a few bytes takes more memory than its bytes: with very many, that counts.
  @Test(arguments: [(10, false), (100, true)])
  func membersCountForWhatTheyTake(count: Int, isExceeded: Bool) throws {
    let inner = (0..<count).map { #""m\#($0)":1"# }.joined(separator: ",")
    let outer = (0..<count).map { #""o\#($0)":{\#(inner)}"# }.joined(separator: ",")
    let document = try JSONDocument(Array("{\(outer)}".utf8))
    let budget = ByteBudget(limit: 100_000)
    MergedObject(budget).merge(document.root, .growing)
    #expect(budget.isExceeded == isExceeded)
    #expect(document.root.span.count < 100_000)
  }
}
