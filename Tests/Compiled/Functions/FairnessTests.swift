import Foundation
import Synchronization
import Testing
import Theano

/// Writers among readers that never pause.
@Suite struct FairnessTests {
  @Test(.timeLimit(.minutes(1))) func aWriterGetsItsTurn() async throws {
    let w = shared(NDArray.ones([200_000], dtype: .float64), name: "w")
    let read = try function(outputs: T.sum(T.exp(w)))
    final class Flag: Sendable {
      let value = Atomic(false)
    }
    let isDone = Flag()
    // Threads of their own: the pool of tasks is to stay free for the writer.
    for _ in 0..<4 {
      Thread.detachNewThread { while !isDone.value.load(ordering: .relaxed) { _ = try? read() } }
    }
    defer { isDone.value.store(true, ordering: .relaxed) }
    for value in 1...20 {
      try await Task.sleep(for: .milliseconds(1))
      try w.setValue(NDArray.full([200_000], NDArray(Double(value))))
    }
  }
}
