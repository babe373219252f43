// AllowManyOpenFiles: as many open files as the system lets the process have.
//
// Example:
//   int main(int argc, char** argv) {
//     wirefold::AllowManyOpenFiles();
//
// What is inherited is often 1,024, for programs that use select(2), with a hard limit far above
// it. Tables of the database, runs of the index and connections each take one; with none left no
// connection is taken, and gRPC ends the program when it starts.
#ifndef WIREFOLD_LIB_BASE_OPEN_FILES_H_
#define WIREFOLD_LIB_BASE_OPEN_FILES_H_

namespace wirefold {

// Raises the soft limit to the hard one; where that is refused all stays as it is. To be called
// before anything looks at the limit.
void AllowManyOpenFiles();

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_OPEN_FILES_H_
