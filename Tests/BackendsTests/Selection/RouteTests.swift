import Testing

@testable import Gateway

@Suite struct RouteTests {
  struct Case: CustomTestStringConvertible {
    var testDescription: String
    var candidates: [Candidate]
    var first: Int?
    var unusable: Set<Int> = []
    var expected: [Int]
  }

  @Test(arguments: [
    Case(
      testDescription: "the drawn one, then by weight, then by place",
      candidates: [
        .init("f1", 1, fallback: true), .init("p", 1), .init("f5", 5, fallback: true),
        .init("q", 9), .init("f5b", 5, fallback: true), .init("f9", 9, fallback: true),
      ], first: 1, expected: [1, 5, 2, 4, 0]),
    Case(
      testDescription: "weight 0 is the last resort",
      candidates: [
        .init("f0", 0, fallback: true), .init("p", 1), .init("f1", 1, fallback: true),
      ], first: 1, expected: [1, 2, 0]),
    Case(
      testDescription: "disabled fallbacks are none",
      candidates: [
        .init("p", 1), .init("f", 1, fallback: true, enabled: false),
        .init("g", 1, fallback: true),
      ], first: 0, expected: [0, 2]),
    Case(
      testDescription: "another primary is no fallback",
      candidates: [.init("p", 1), .init("q", 1)], first: 0, expected: [0]),
    Case(
      testDescription: "nobody to draw",
      candidates: [.init("f", 1, fallback: true), .init("p", 0), .init("g", 2, fallback: true)],
      first: nil, expected: [2, 0]),
    Case(
      testDescription: "nobody at all",
      candidates: [.init("p", 0), .init("q", 1, enabled: false)], first: nil, expected: []),
    Case(testDescription: "no integration", candidates: [], first: nil, expected: []),
    Case(
      testDescription: "a pinned fallback is not tried again",
      candidates: [
        .init("f", 3, fallback: true), .init("g", 2, fallback: true),
        .init("h", 1, fallback: true),
      ], first: 1, expected: [1, 0, 2]),
    Case(
      testDescription: "unusable fallbacks are passed over, the first is not asked about",
      candidates: [
        .init("p", 3), .init("g", 2, fallback: true), .init("h", 1, fallback: true),
      ], first: 0, unusable: [0, 1], expected: [0, 2]),
  ])
  func triesInOrder(route: Case) {
    let pool = CandidatePool(route.candidates)
    var subject = Route(beginningWith: route.first)
    var tried: [Int] = []
    while let next = subject.next(in: pool, where: { !route.unusable.contains($0) }) {
      tried.append(next)
    }
    #expect(tried == route.expected)
    #expect(subject.next(in: pool) == nil)
  }
}
