extension Transfer {
  /// What is done with the body of a response.
  enum Delivery {
    /// It is gathered for the completion.
    case whole
    /// The receiver decides once the header section has come.
    case undecided
    /// It is delivered as it comes.
    case inParts
  }
}
