// Files: from the arguments of a command to the files that they name, in a stated order.
//
// Example:
//   FileLister lister({"DATA/news_zh", "-"});
//   while (std::optional<ListedFile> file = lister.Next()) Use(file->path);
//
// Folders are walked in the bytewise order of the full paths below them, with one folder of each
// depth in memory. Hidden entries (a leading dot), symbolic links and whatever is neither a folder
// nor a regular file are passed over there; an argument itself may be any of these. Not
// thread-safe.
#ifndef WIREFOLD_CLIENT_COMMAND_FILES_H_
#define WIREFOLD_CLIENT_COMMAND_FILES_H_

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/command/lines.h"

namespace wirefold {

// A path that stands for standard input.
inline constexpr char kStdinPath[] = "-";

// The longest line of a list of files: what the kernel takes for a path (PATH_MAX, without its
// NUL).
inline constexpr size_t kMaxListLineBytes = 4095;

struct ListedFile {
  // The argument joined with the path below it; "-" for standard input; "--files-from:LINE" for a
  // line that is no path.
  std::string path;
  // Set where the path could not be looked at: there is no such file, a folder is not readable, or
  // a line of the list is no path.
  absl::Status error;
};

class FileLister {
 public:
  // The files of each argument, in the order of the arguments.
  explicit FileLister(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}
  // Arguments that are read one a line from `list` (an empty line is none); it must outlive this.
  // A line of more than kMaxListLineBytes, or with a NUL, comes with an error that names its
  // number. If it can't be read to its end, the last file is "--files-from" with an error.
  explicit FileLister(std::istream& list)
      : list_(&list), lines_(std::in_place, list, kMaxListLineBytes) {}

  // The next file; nullopt at the end.
  [[nodiscard]] std::optional<ListedFile> Next();

 private:
  struct Entry {
    std::string name;  // a folder's ends in '/', which is also what orders it among the others
  };
  struct Folder {
    std::string prefix;            // with a slash at the end
    std::vector<Entry> remaining;  // the next one last
  };

  // The next argument, or the error of a line that is none.
  [[nodiscard]] std::optional<ListedFile> NextArgument();
  [[nodiscard]] std::optional<ListedFile> NextLine();
  [[nodiscard]] absl::Status Enter(std::string prefix);

  std::vector<std::string> arguments_;
  size_t next_argument_ = 0;
  std::istream* list_ = nullptr;
  std::optional<LineReader> lines_;  // of the list
  bool told_unreadable_ = false;     // the list broke off, and Next() has said so
  std::vector<Folder> open_;         // the folder that is being walked, outermost first
};

// What errno's `error` means for `path`: NOT_FOUND, PERMISSION_DENIED or UNKNOWN with the system's
// message.
[[nodiscard]] absl::Status FileError(int error, const std::string& path);

// The arguments that a command takes: paths, or a file that lists them.
struct FileArguments {
  std::vector<std::string> paths;
  std::string files_from;  // empty if not given; "-" is standard input
};

// A lister over `arguments`. INVALID_ARGUMENT if they are missing or contradict each other, or if
// files_from is a folder;
// NOT_FOUND if files_from can't be opened. `list` holds the opened file as long as the lister
// lives.
[[nodiscard]] absl::StatusOr<FileLister> OpenLister(const FileArguments& arguments,
                                                    std::unique_ptr<std::ifstream>& list);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_FILES_H_
