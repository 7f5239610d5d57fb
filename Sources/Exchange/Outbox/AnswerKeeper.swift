/// Keeps an answer before the context gets its turn, so that a crash between the two makes neither of them twice.
protocol AnswerKeeper: AnyObject {
  /// Keeps an answer with a reply. Calls `completion` when it is as safe as the configuration asks for, which may be before
  /// this returns. `turnTime` is the time that the turn will have in the context, in milliseconds since 1970; 0 for none.
  func keep(_ answer: Answer, turnTime: Int64, then completion: @escaping () -> Void)

  /// The context has the turn.
  func noteTurn()
}
